import TestSequencer from '@jest/test-sequencer';

/** What takes a minute, then what starts processes, then what loads the Kusto parser. */
const slow = ['simulation', 'scenarios', 'commands', 'hosts', 'tenant/kql', 'adapters'];

/**
 * The slow folders first, so that the quick files fill up what is left at the end. Within a folder jest's
 * own order: by time where it knows it from the last run; in a fresh clone it knows the sizes alone.
 */
export default class LongestFirst extends TestSequencer {
  async sort(tests) {
    const ordered = await super.sort(tests);
    return ordered.sort((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ path }) {
  const rank = slow.findIndex((folder) => path.replaceAll('\\', '/').includes(`/test/${folder}/`));
  return rank < 0 ? slow.length : rank;
}
