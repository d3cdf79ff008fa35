import './typescript.mjs';

const { hostCommand } = await import('../../local/host/command.ts');
process.exitCode = await hostCommand(process.argv.slice(2));
