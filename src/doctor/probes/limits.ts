import type { ProbeContext } from '../context.ts';
import { type Probe, verdict } from '../probe.ts';

const KNOWN = new Set(['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after']);
/** Seconds: a reset that is an epoch lies within a day of now. */
const DAY = 86_400;

export const rateLimitHeaders: Probe<ProbeContext> = {
  probe: 'rate-limit-headers',
  asks: 'Which headers of answers tell a rate limit?',
  assumes: 'none, or Retry-After and X-RateLimit-Limit, -Remaining and -Reset (in seconds since 1970)',
  otherwise: 'Keystead may wait too short a time after a 429: set --max-rps',
  source: 'Resource Controller API, introduction, "Rate limiting" (IBM-Cloud/ibm-cloud-sdk-ruby)',
  async look({ limits, clock }) {
    const seen = [...limits].map(([name, value]) => `${name}: ${value}`).sort();
    const odd = [...limits].filter(([name, value]) => {
      const header = name.split(': ')[1] ?? '';
      if (!KNOWN.has(header)) return true;
      return header === 'x-ratelimit-reset' && !(Math.abs(Number(value) - clock.now() / 1000) <= DAY);
    });
    if (seen.length === 0) return verdict(true, 'no answer had any');
    const names = odd.map(([name, value]) => `${name} ${value}`);
    return names.length === 0
      ? verdict(true, 'only those that are known', seen)
      : verdict(false, `unknown or in another form: ${names.join(', ')}`, seen);
  },
};
