import { writeFileSync } from 'node:fs';
import { pointCheckRunOf } from '../../../shared/domain/native/point-check.js';
import { undoRunOf } from '../../../shared/domain/plan/undo-view.js';
import { eventfulNight } from './eventful-night.js';
import { fileOf, recordingOf, textOf } from './recorded-run.js';

/**
 * Records the playbook as it is checked out, as the version that RECORD_PLAYBOOK says. Done once, when that
 * version is released; a recording is never made anew for code that comes after it.
 */
test('an incident and its undo are recorded', async () => {
  const version = Number(process.env['RECORD_PLAYBOOK']);
  const { engine, id } = await eventfulNight(version);
  const roots = [id, pointCheckRunOf(id, 1), undoRunOf(id)];
  const runs = roots.flatMap((root) => recordingOf(engine, root));
  writeFileSync(fileOf(version), runs.map((run) => `${textOf(run)}\n`).join(''));
});
