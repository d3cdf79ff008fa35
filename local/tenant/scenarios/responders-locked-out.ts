import { isoSeconds } from '../directory/instants.js';
import { guidFrom } from '../directory/random.js';
import { policySchema } from '../conditional-access/policy.js';
import { acting, delayNewest, type Acting } from './acting.js';
import { othersAtWork } from './others-at-work.js';
import { alertAbout, type Scenario } from './scenario.js';
import { changePolicy } from './tampering.js';

/**
 * The people who must decide are among the damaged: operator and approver are switched off, and a new
 * policy blocks everybody but the actor and emergency access. Multi-factor policies are switched off.
 */
export const respondersLockedOut: Scenario = {
  name: 'responders-locked-out',
  ourRoles: ['Privileged Authentication Administrator'],
  play: (stage) => {
    const act = acting(stage);
    const { facts, from, to, note, take, each, options, ids, directory, by } = act;
    const { operator, approver } = ids.people;
    const off = (id: string, at: number) =>
      directory.update(id, { accountEnabled: false }, by.actor, at);
    const responders = note('responders', [operator.id, approver.id]);
    const others = note('disabled', take(Math.max(4, options.users - responders.length)));
    each(responders, off, [0, 0.2]);
    each(others, off, [0.2, 1]);
    block(act);
    note('damaged', [...responders, ...others, ...(facts['policySwitchedOff'] ?? [])]);
    othersAtWork(act, others);
    stage.timeline.play();
    delayNewest(stage, 0.05);

    const title = 'Administrators locked out by one administrator';
    return { alert: alertAbout(ids.people.actor, title, { from, to }, true), facts };
  },
};

/** Emergency access stays out of it, or nobody could ever sign in to repair this. */
function block(act: Acting): void {
  const { directory, note, each, options, ids, by, policies } = act;
  const { actor, breakGlass1, breakGlass2 } = ids.people;
  const blocking = policySchema.parse({
    displayName: 'CA000: Maintenance',
    state: 'enabled',
    conditions: {
      clientAppTypes: ['all'],
      applications: { includeApplications: ['All'] },
      users: {
        includeUsers: ['All'],
        excludeUsers: [actor.id, breakGlass1.id, breakGlass2.id],
      },
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  });
  each(
    note('blockingPolicy', [guidFrom(options.seed, 'policy', 'that blocks')]),
    (id, at) => {
      const dates = { createdDateTime: isoSeconds(at), modifiedDateTime: isoSeconds(at) };
      const properties = { ...blocking, templateId: null, ...dates };
      directory.create('conditionalAccessPolicy', id, properties, by.actor, at);
    },
    [0, 0.2],
  );
  const everybody = policies.policies['CA003: Require MFA for everybody'] as string;
  each(note('policySwitchedOff', [everybody]), (id, at) => {
    changePolicy(act, id, () => ({ state: 'disabled' }), by.actor, at);
  });
}
