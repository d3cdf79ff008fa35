import type { Incident } from '../../../shared/domain/incident/incident.js';
import { createApi, remembered, type Api } from '../api.js';
import type { Control } from '../control.js';
import type { ProgressView } from '../terminal.js';
import { CommandFailed, reasonOf } from '../usage.js';
import { approving } from './approve.js';
import { cancellingHeld, namingActor } from './command.js';
import type { Crew, Deed, Duty } from './deed.js';
import { carryingOut } from './hand-off.js';
import { afterTheCheck, lendingEarly, lendingSession } from './lend-session.js';

export interface Persons {
  /** Called with each state of the incident. Throws what went wrong with an earlier deed. */
  look(incident: Incident): void;
}

/** The drill's people: each does what the incident waits for, one after the other, everything once. */
export function createPersons(
  control: Control,
  appUrl: string,
  view: Pick<ProgressView, 'say'>,
  { session = false }: { readonly session?: boolean } = {},
): Persons {
  const crew: Crew = { control, api: apis(control, appUrl), say: view.say };
  const duties: readonly Duty[] = [
    namingActor(crew),
    ...(session ? [lendingEarly(crew), afterTheCheck(approving(crew))] : [approving(crew)]),
    lendingSession(crew),
    carryingOut(crew),
    cancellingHeld(crew),
  ];
  const begun = new Set<string>();
  let doing: Promise<void> = Promise.resolve();
  let failure: Error | null = null;

  async function carryOut({ key, does }: Deed): Promise<void> {
    if ((await does()) === 'again') begun.delete(key);
  }

  return {
    look(incident) {
      if (failure !== null) throw failure;
      for (const deed of duties.flatMap((duty) => duty(incident))) {
        if (begun.has(deed.key)) continue;
        begun.add(deed.key);
        doing = doing
          .then(() => carryOut(deed))
          .catch((error: unknown) => {
            failure = error instanceof Error ? error : new CommandFailed(reasonOf(error));
          });
      }
    },
  };
}

function apis(control: Control, appUrl: string): (person: string) => Api {
  const known = new Map<string, Api>();
  return (person) => {
    let api = known.get(person);
    if (api === undefined) {
      const issue = () => control.token(person);
      known.set(person, (api = createApi(appUrl, remembered(issue))));
    }
    return api;
  };
}
