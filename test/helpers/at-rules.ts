import { chooseDisposition } from './disposition.ts';

// For the suites that jest.config.js names so: also where a whole run is at something else.
chooseDisposition('kind', { always: true });
