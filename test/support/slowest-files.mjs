const shown = 12;

/** Ends a run of many files with the slowest of them: who makes the suite longer sees it at once. */
export default class SlowestFiles {
  onRunComplete(_, { testResults }) {
    if (testResults.length < 2 * shown) return;
    const seconds = ({ perfStats: { start, end } }) => (end - start) / 1000;
    const lines = testResults
      .toSorted((one, other) => seconds(other) - seconds(one))
      .slice(0, shown)
      .map((file) => {
        const name = file.testFilePath.replaceAll('\\', '/').replace(/^.*\/test\//, 'test/');
        return `${seconds(file).toFixed(1).padStart(7)} s  ${name}`;
      });
    process.stderr.write(`\nSlowest files:\n${lines.join('\n')}\n`);
  }
}
