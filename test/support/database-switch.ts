import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A cable between an app and its database that can be pulled and put back. */
export interface DatabaseSwitch {
  /** The database's address through the cable. */
  url: string;
  off(): Promise<void>;
  on(): Promise<void>;
  close(): Promise<void>;
}

export async function databaseSwitch(databaseUrl: string): Promise<DatabaseSwitch> {
  const target = new URL(databaseUrl);
  const socketPath = target.searchParams.get('socketPath');
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  const on = async (): Promise<void> => {
    server = createServer((near) => {
      const far = socketPath
        ? connect(socketPath)
        : connect(Number(target.port || 3306), target.hostname);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };

  const off = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) =>
      server ? server.close(() => resolve()) : resolve(),
    );
    for (const socket of sockets) socket.destroy();
    await closed;
    server = undefined;
  };

  await on();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  url.searchParams.delete('socketPath');
  return { url: url.href, off, on, close: off };
}
