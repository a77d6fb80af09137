import packageJson from '../../package.json' with { type: 'json' };

// The version needs nothing else, and scripts ask for it often: it is answered before anything is loaded.
if (process.argv.length === 3 && process.argv[2] === '--version') process.stdout.write(`${packageJson.version}\n`);
else process.exitCode = await (await import('./program.ts')).runProgram(process.argv.slice(2), process);
