const { writeFileSync } = require('node:fs');

/** Writes what jest counted to the file that TEST_COUNTS_FILE names; scripts/test.mjs adds the runs up. */
module.exports = class TestCountsReporter {
  onRunComplete(_contexts, results) {
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + suitesThatFailedByThemselves(results),
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(process.env.TEST_COUNTS_FILE, JSON.stringify(counts));
  }
};

/** A file that cannot be loaded, or whose clean-up throws, fails without any of its tests failing. */
function suitesThatFailedByThemselves(results) {
  return results.testResults.filter(
    (suite) => (suite.testExecError || suite.failureMessage) && suite.numFailingTests === 0,
  ).length;
}
