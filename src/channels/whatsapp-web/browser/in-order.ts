/** Runs tasks one after the other, in the order given; one that fails holds up no other. */
export interface Line {
  add<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when all that has been given until now is through. */
  idle(): Promise<void>;
}

export function createLine(): Line {
  let last: Promise<void> = Promise.resolve();
  return {
    add: (task) => {
      const result = last.then(task);
      last = result.then(
        () => undefined,
        () => undefined,
      );
      return result;
    },
    idle: () => last,
  };
}
