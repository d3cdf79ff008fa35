/**
 * Every npm command starts here, on whatever Node.js (>= 20) the machine has and before anything is
 * installed, so this file and its folder use nothing but Node itself. It installs what is missing,
 * builds what is stale, then runs the command on the Node 24 that the `node` package brought.
 */
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  process.stderr.write(
    `Entra Rewind needs Node.js 20 or newer to start; this is ${process.version}.\n`,
  );
  process.exit(1);
}

const { install, node24 } = await import('./bootstrap/install.mjs');
const { build } = await import('./bootstrap/build.mjs');
const { become, jest, lint, runAll, stopWith } = await import('./bootstrap/run.mjs');
const { suiteOf } = await import('./bootstrap/suites.mjs');
const { locked } = await import('./bootstrap/lock.mjs');
const { at } = await import('./bootstrap/places.mjs');

const [command = 'help', ...rest] = process.argv.slice(2);
try {
  await locked(() => {
    install();
    build({ force: command === 'build' });
  });
  const suite = suiteOf(command, rest);
  if (suite !== undefined) await become(node24(), [...jest, ...suite.files], suite.env);
  if (command === 'check') runAll(node24(), lint);
  if (command === 'test' || command === 'check') await become(node24(), [...jest, ...rest]);
  else if (command !== 'build') {
    await become(node24(), ['--no-warnings', at('dist', 'local', 'main.js'), command, ...rest]);
  }
} catch (error) {
  stopWith(error);
}
