import { askCommander } from '../ask-commander.js';
import { nextAttempt, noteContainment, type ContainmentNote } from './containment-notes.js';
import { isoNow, product, type ActivityServices } from '../services.js';

/**
 * Gives a released identity its recorded earlier state back: enabled again only if it was enabled before
 * and we disabled it. What was removed only a person can give back; they get the list. False when the
 * tenant refused; nothing is claimed then.
 */
export async function giveBack(
  services: ActivityServices,
  incidentId: string,
  id: string,
  note: ContainmentNote,
): Promise<boolean> {
  const { kind, name, removed } = note;
  if (removed.length > 0) {
    await askCommander(services, {
      incidentId,
      key: `give-back-${id}`,
      text: `${name} is released. Give back by hand what was removed: ${removed.join('; ')}.`,
      command: null,
    });
  }
  const isOurs = note.enabledBefore === true && note.takenAt.disable !== undefined;
  const identity = isOurs ? await services.directory.readIdentity(kind, id) : null;
  if (identity === null || identity.enabled) return true;

  const { now } = await noteContainment(services, incidentId, { kind, id, name }, (noted) => ({
    ...noted,
    attempts: nextAttempt(noted, 'release'),
  }));
  const key = `release:${id}:${now.attempts.release ?? 1}`;
  await entry('intent', `Enabling ${name} (${id}) again.`);
  const effect = await services.directory.setAccountEnabled(kind, id, true).catch(unknown);
  if (effect.ok) {
    await entry('outcome', `${name} is enabled again, as it was before.`);
    return true;
  }
  await entry('outcome', `Enabling ${name} was refused (${effect.status}): ${effect.message}`);
  const cmdlet =
    kind === 'user' ? `Update-MgUser -UserId` : `Update-MgServicePrincipal -ServicePrincipalId`;
  await askCommander(services, {
    incidentId,
    key: `release-refused-${id}`,
    text: `${name} is to be released, and enabling it was refused: ${effect.message}`,
    command: `${cmdlet} ${id} -AccountEnabled:$true`,
  });
  return false;

  async function unknown(error: unknown): Promise<never> {
    await entry('outcome.unknown', `Enabling ${name}: outcome unknown.`);
    throw error;
  }

  async function entry(when: string, summary: string): Promise<void> {
    await services.store.append(incidentId, `${key}:${when}`, {
      at: isoNow(services),
      kind: `release.${when}`,
      by: product,
      summary,
    });
  }
}
