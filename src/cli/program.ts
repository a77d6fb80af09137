import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { isObject } from '../model/json.ts';
import { collectConsent, helpOnConsents } from './consents.ts';
import { parseDuration, wholeNumber } from './durations.ts';
import { type ExitCode, exit } from './exit.ts';
import type { Host } from './host.ts';
import { reportError } from './output.ts';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'];

const PRUNE = 'also delete authorizations that are no longer declared';

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** Whether a command's options ask for a level at which a fault's place is of use. */
function isVerbose(args: readonly unknown[]): boolean {
  return args.some((arg) => isObject(arg) && (arg['logLevel'] === 'debug' || arg['logLevel'] === 'trace'));
}

function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'none');
}

function disposed(): Option {
  return new Option('--disposition <kind|harsh>', 'how to emulate what IBM leaves open').choices(['kind', 'harsh']);
}

function printing(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
    .option('--no-color', 'print without colours (also NO_COLOR=1)');
}

/** @param without what is read where no path is given */
function readingManifests(command: Command, without = '.'): Command {
  return printing(
    command
      .argument('[path...]', `manifest files, or directories of them (default: ${without})`)
      .option('-r, --recursive', 'read subdirectories too')
      .addOption(repeated('--var <name=value>', 'set a variable; repeatable'))
      .addOption(repeated('--var-file <file>', 'set variables from a YAML file; repeatable')),
  );
}

function talkingToCloud(command: Command): Command {
  return command
    .option('--emulator', 'use an emulator inside this process instead of IBM Cloud')
    .option('--max-rps <number>', 'most requests a second, to all hosts (default: any)', parseMaxRps)
    .option('--emulator-file <file>', "file that keeps that emulator's state between runs", '.keystead/emulator.log')
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
  return command.addOption(repeated('--target <address>', 'limit to this resource and its dependencies; repeatable'));
}

const parsePort = wholeNumber(0, 65_535, 'Use a port, or 0 for any.');
const parseMaxRps = wholeNumber(1, 1000, 'Use a whole number from 1 to 1000.');
const parseParallelism = wholeNumber(1, 100, 'Use a whole number from 1 to 100.');

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
    .showHelpAfterError('Run with --help for usage.')
    .addHelpText('after', () =>
      [
        '',
        'Exit codes: 0 done, or no differences · 1 error · 2 drift, doctor, plan --detailed-exitcode: it differs · 3 manifests invalid',
        '            5 refused by safety · 6 the rest is deferred · 7 stale: plan again · 130/143 interrupted',
        '',
        'Credentials: IBMCLOUD_API_KEY (or IC_API_KEY), IBMCLOUD_IAM_PROFILE_ID for a trusted profile. Others: the README.',
        'Try it without an account: keystead demo',
      ].join('\n'),
    );

  readingManifests(program.command('validate'))
    .description('Validate manifests offline and report all errors.')
    .action(run(async () => (await import('./commands/validate.ts')).validateCommand));

  aiming(consenting(talkingToCloud(readingManifests(program.command('plan')))))
    .description('Show what apply would do; writes nothing.')
    .option('--detailed-exitcode', 'exit 2 when there are changes')
    .option('--prune', PRUNE)
    .option('--out <file>', 'write the plan to this file (mode 0600), for apply')
    .action(run(async () => (await import('./commands/plan.ts')).planCommand));

  aiming(consenting(talkingToCloud(readingManifests(program.command('apply')))))
    .description('Apply the manifests, or a saved plan: apply PLANFILE.')
    .option('--prune', PRUNE)
    .option('--auto-approve', 'do not ask for approval')
    .option('--expect <fingerprint>', 'exit 7 unless the plan has this fingerprint')
    .addOption(
      new Option('--input <bool>', 'false: never prompt')
        .choices(['true', 'false'])
        .argParser((word) => word !== 'false'),
    )
    .option('--parallelism <number>', 'how many actions run at once', parseParallelism, 10)
    .addOption(
      new Option('--wait <duration>', 'how long to wait for what takes minutes, never days')
        .argParser(parseDuration)
        .default(3_600_000, '60m'),
    )
    .action(run(async () => (await import('./commands/apply.ts')).applyCommand));

  printing(program.command('show').argument('<planfile>', 'a file that plan --out wrote'))
    .description('Show a saved plan, offline.')
    .action(run(async () => (await import('./commands/show.ts')).showCommand));

  aiming(talkingToCloud(readingManifests(program.command('drift'))))
    .description('Show what was changed outside; exit 2 when live differs.')
    .action(run(async () => (await import('./commands/drift.ts')).driftCommand));

  talkingToCloud(readingManifests(program.command('explain').argument('<subject>', 'an address (KIND.NAME) or a code')))
    .description('Explain a live resource (state, uses, deletion) or a code.')
    .action(run(async () => (await import('./commands/explain.ts')).explainCommand));

  talkingToCloud(readingManifests(program.command('get').argument('<address>', 'KIND.NAME')))
    .description('Print one live resource for scripts; exit 1 when not live.')
    .option('--field <name>', 'print one value: id, crn, name, state or a field')
    .action(run(async () => (await import('./commands/get.ts')).getCommand));

  talkingToCloud(program.command('export'))
    .description('Print live resources as a manifest, to adopt them.')
    .addOption(repeated('--instance <name>', 'an instance by name or CRN, with its contents; repeatable'))
    .addOption(repeated('--service <name>', "a service's instances and authorizations; repeatable"))
    .option('--all', 'everything in the account that Keystead manages')
    .addOption(new Option('--stack <name>', 'the stack that will own them').argParser(parseStack))
    .option('--out <file>', 'write to this file, which must not exist')
    .option('--no-color', 'print without colours (also NO_COLOR=1)')
    .action(run(async () => (await import('./commands/export.ts')).exportCommand));

  talkingToCloud(readingManifests(program.command('doctor'), 'none'))
    .description('Check login, endpoints, roles and how IBM Cloud answers.')
    .option('--instance <name>', 'an instance to look at, by name or CRN')
    .addOption(new Option('--probe <kind>', 'create test objects and remove them again').choices(['throwaway']))
    .option('--auto-approve', 'do not ask before --probe throwaway')
    .addHelpText('after', () =>
      [
        '',
        'Exit codes: 0 as assumed, or not readable · 1 an endpoint or a read failed, or a test object was not removed',
        '            2 an answer differs from what is assumed, or the manifests are of another account',
      ].join('\n'),
    )
    .action(run(async () => (await import('./commands/doctor.ts')).doctorCommand));

  program
    .command('emulate')
    .description('Run an emulator of the IBM Cloud APIs that Keystead uses.')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', parsePort, 4577)
    .option('--data <file>', 'keep the state in this file (default: in memory)')
    .option('--realistic', "use IBM Cloud's own delays instead of short ones")
    .addOption(disposed())
    .addOption(repeated('--setting <name=value>', 'change a setting, such as a delay in ms; repeatable'))
    .option('--faults <file>', 'apply these fault rules from the start (YAML or JSON)')
    .option('--clock <date>', 'start a new account at this time: 2026-01-31T12:00:00Z', parseDate)
    .option('--host <address>', 'listen on this address (see --allow-network)')
    .option('--allow-network', 'accept remote connections, without authentication')
    .addOption(repeated('--allow-host <name>', 'accept this host name too; repeatable'))
    .option('--seed <file>', 'initial resources: see schemas/emulator-seed.schema.json')
    .option('--no-color', 'print without colours')
    .action(run(async () => (await import('./commands/emulate.ts')).emulateCommand));

  program
    .command('demo')
    .description('Run a guided demo on a temporary emulator.')
    .addOption(disposed())
    .option('--no-color', 'print without colours')
    .action(
      run(async () => {
        const { demoCommand } = await import('./commands/demo.ts');
        // Its commands are this program's, run in this process.
        return (demoHost: Host, options: Parameters<typeof demoCommand>[1]) =>
          demoCommand(demoHost, options, runProgram);
      }),
    );
  return program;
}
