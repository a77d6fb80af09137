import { chooseDisposition } from './disposition.ts';

// For the suites that jest.config.js names so.
chooseDisposition('kind');
