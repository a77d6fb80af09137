import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { isObject } from '../model/json.ts';
import { collectConsent, helpOnConsents } from './consents.ts';
import { parseDuration, parseParallelism } from './durations.ts';
import { type ExitCode, exit } from './exit.ts';
import type { Host } from './host.ts';
import { type OutputOptions, reportError } from './output.ts';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'];

const PRUNE = "end authorizations that carry this stack's mark and are not declared any more; nothing else";

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** Whether a command's options ask for a level at which a fault's place is of use. */
function isVerbose(args: readonly unknown[]): boolean {
  return args.some((arg) => isObject(arg) && (arg['logLevel'] === 'debug' || arg['logLevel'] === 'trace'));
}

function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'none');
}

function readingManifests(command: Command): Command {
  return command
    .argument('[path...]', 'manifest files, or directories of *.yaml and *.yml (default: the current directory)')
    .option('-r, --recursive', 'read directories below directories too')
    .addOption(repeated('--var <name=value>', 'set a variable; may be repeated'))
    .addOption(repeated('--var-file <file>', 'set variables from a YAML file of names and values; may be repeated'))
    .addOption(new Option('--format <format>', 'how to print the result').choices(['text', 'json']).default('text'))
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
    .option('--no-color', 'print without colours (also NO_COLOR=1)');
}

function talkingToCloud(command: Command): Command {
  return command
    .option('--emulator', 'use an emulator inside this process instead of IBM Cloud')
    .option('--emulator-file <file>', 'where that emulator keeps its state between runs', '.keystead/emulator.log')
    .addOption(new Option('--log-level <level>', 'log to stderr, as JSON').choices(LOG_LEVELS).default('warn'));
}

function consenting(command: Command): Command {
  return command
    .addOption(
      new Option('--allow <consent>', 'consent to one step (listed below); repeatable')
        .argParser(collectConsent)
        .default([], 'none'),
    )
    .addHelpText('after', helpOnConsents);
}

function aiming(command: Command): Command {
  return command.addOption(
    repeated('--target <address>', 'only this resource and what it depends on; may be repeated'),
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('Use a port, or 0 for any.');
  return port;
}

function parseDate(text: string): Date {
  const date = new Date(text);
  if (!/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Use a date and time with a zone, such as 2026-01-31T12:00:00Z.');
  }
  return date;
}

function parseStack(text: string): string {
  if (!/^[a-z0-9-]{2,30}$/.test(text)) {
    throw new InvalidArgumentError('Use 2 to 30 lower-case letters, digits and hyphens.');
  }
  return text;
}

/** Makes commander's action of a command, which is loaded only when it is run. */
type Run = <Args extends readonly unknown[]>(
  load: () => Promise<(host: Host, ...args: Args) => Promise<ExitCode>>,
) => (...args: Args) => Promise<void>;

/**
 * Runs a command line in a host; never a stack trace.
 *
 * @returns its exit code
 */
export async function runProgram(args: readonly string[], host: Host): Promise<number> {
  let code: ExitCode = exit.ok;
  const run: Run =
    (load) =>
    async (...given) => {
      try {
        code = await (await load())(host, ...given);
      } catch (error) {
        if (isVerbose(given) && error instanceof Error) host.stderr.write(`${error.stack ?? ''}\n`);
        code = reportError(error, { note: (text) => void host.stderr.write(text) });
      }
    };
  try {
    await programOf(host, run).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

/** The command line: what there is, and which module does it. */
function programOf(host: Host, run: Run): Command {
  const program = new Command('keystead')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
    })
    .description('Declarative keys, service authorizations and encrypted deployments on IBM Cloud.')
    .version(packageJson.version, '--version', 'print the version')
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', () =>
      [
        '',
        'Exit codes: 0 done, or no differences · 1 error · 2 drift, plan --detailed-exitcode: live differs · 3 manifests invalid',
        '            5 refused by safety · 6 the rest is deferred · 7 stale: plan again · 130/143 interrupted',
        '',
        'Credentials: IBMCLOUD_API_KEY (or IC_API_KEY), IBMCLOUD_IAM_PROFILE_ID for a trusted profile. Others: the README.',
        'Try it without an account: keystead demo',
      ].join('\n'),
    );

  readingManifests(program.command('validate'))
    .description('Check manifests offline and tell every fault at once.')
    .action(run(async () => (await import('./commands/validate.ts')).validateCommand));

  aiming(consenting(talkingToCloud(readingManifests(program.command('plan')))))
    .description('Show what apply would do; writes nothing.')
    .option('--detailed-exitcode', 'exit 2 when there are changes')
    .option('--prune', PRUNE)
    .option('--out <file>', 'save the plan for `show` and `apply`; for its owner alone to read')
    .action(run(async () => (await import('./commands/plan.ts')).planCommand));

  aiming(consenting(talkingToCloud(readingManifests(program.command('apply')))))
    .description('Make IBM Cloud what the manifests say, or carry out a saved plan if it still holds: apply PLANFILE.')
    .option('--prune', PRUNE)
    .option('--auto-approve', 'do not ask')
    .option('--expect <fingerprint>', 'go on only if the plan still has this fingerprint (exit 7 otherwise)')
    .addOption(
      new Option('--input <bool>', 'false: never ask').choices(['true', 'false']).argParser((word) => word !== 'false'),
    )
    .option('--parallelism <number>', 'how many actions at once', parseParallelism, 10)
    .addOption(
      new Option('--wait <duration>', 'how long to wait for what settles in minutes; days are never waited for')
        .argParser(parseDuration)
        .default(3_600_000, '60m'),
    )
    .action(run(async () => (await import('./commands/apply.ts')).applyCommand));

  program
    .command('show')
    .argument('<planfile>', 'what plan --out wrote')
    .description('Show a saved plan; offline.')
    .addOption(new Option('--format <format>', 'how to print the result').choices(['text', 'json']).default('text'))
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
    .option('--no-color', 'print without colours (also NO_COLOR=1)')
    .action(run(async () => (await import('./commands/show.ts')).showCommand));

  aiming(talkingToCloud(readingManifests(program.command('drift'))))
    .description('Show what was changed outside: exit 2 when live differs from the manifests.')
    .action(run(async () => (await import('./commands/drift.ts')).driftCommand));

  talkingToCloud(readingManifests(program.command('explain').argument('<subject>', 'an address (KIND.NAME) or a code')))
    .description('One page on a live resource: its state, its uses, what authorizes them, what blocks its deletion.')
    .action(run(async () => (await import('./commands/explain.ts')).explainCommand));

  talkingToCloud(readingManifests(program.command('get').argument('<address>', 'KIND.NAME')))
    .description('Print what is live of one declared resource, for scripts: exit 1 when it is not live.')
    .option(
      '--field <name>',
      'print this alone, as it is: id, crn, name, state, or a field such as region or encryption.key',
    )
    .action(run(async () => (await import('./commands/get.ts')).getCommand));

  talkingToCloud(program.command('export'))
    .description('Print what is live as a manifest, to be adopted; writes nothing there.')
    .addOption(repeated('--instance <name>', 'an instance by name or full CRN, with what is in it; may be repeated'))
    .addOption(repeated('--service <name>', "a service's instances and authorizations; may be repeated"))
    .option('--all', 'everything in the account that Keystead has a kind for')
    .addOption(new Option('--stack <name>', 'who is to own it').argParser(parseStack))
    .option('--out <file>', 'write to this file, which must not be there yet')
    .option('--no-color', 'print without colours (also NO_COLOR=1)')
    .action(run(async () => (await import('./commands/export.ts')).exportCommand));

  program
    .command('emulate')
    .description('Serve an emulator of the IBM Cloud APIs that Keystead uses, on this machine only.')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', parsePort, 4577)
    .option('--data <file>', 'keep everything in this file; without it, in memory')
    .option('--realistic', "IBM Cloud's own delays instead of short ones")
    .addOption(repeated('--setting <name=value>', 'one delay in milliseconds, or another setting; repeatable'))
    .option('--faults <file>', 'fault rules from the first request on, in YAML or JSON')
    .option('--clock <date>', 'when a fresh account starts, with a zone: 2026-01-31T12:00:00Z', parseDate)
    .option('--host <address>', 'listen on this address; one that others can reach needs --allow-network')
    .option('--allow-network', 'let other machines have the whole account; nobody is asked who they are')
    .addOption(repeated('--allow-host <name>', 'another name that clients call this machine by; repeatable'))
    .option('--seed <file>', 'what there is from the start: a YAML file, see schemas/emulator-seed.schema.json')
    .option('--no-color', 'print without colours')
    .action(run(async () => (await import('./commands/emulate.ts')).emulateCommand));

  program
    .command('demo')
    .description('The main job on an emulator of its own, in a temporary folder, in seconds.')
    .option('--no-color', 'print without colours')
    .action(
      run(async () => {
        const { demoCommand } = await import('./commands/demo.ts');
        // Its commands are this program's, run in this process.
        return (demoHost: Host, options: OutputOptions) => demoCommand(demoHost, options, runProgram);
      }),
    );
  return program;
}
