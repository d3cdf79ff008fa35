import type { Json, Properties } from '../directory/model.js';
import { chance, guidFrom, pick, type Random } from '../directory/random.js';
import { isoSeconds } from '../directory/instants.js';
import type { Act, ActStage, Doer } from './random-stage.js';
import { addSecret, changePolicy, excluding, expenseDesk, grantGraphRole } from './tampering.js';

/** Something that can be done to one object that is no person, by anybody. */
interface Deed {
  readonly what: string;
  readonly objectId: string;
  readonly asActor: (at: number) => void;
  readonly asOther: ((at: number) => void) | null;
}

/** How likely the actor does each of them, and how likely somebody else does something beside it. */
const badShare = 0.15;
const goodShare = 0.1;

/** Groups, applications, grants, Conditional Access and settings, damaged and worked on side by side. */
export function otherKindsActs(stage: ActStage, moment: (doer: Doer) => number): Act[] {
  const { random } = stage;
  return deeds(stage).flatMap((deed): Act[] => {
    const { what, objectId, asActor, asOther } = deed;
    const acts: Act[] = [];
    if (chance(random, badShare)) {
      acts.push({ at: moment('actor'), by: 'actor', what, objectId, run: asActor });
    }
    if (asOther !== null && chance(random, goodShare)) {
      acts.push({ at: moment('other'), by: 'other', what, objectId, run: asOther });
    }
    return acts;
  });
}

function deeds(stage: ActStage): Deed[] {
  const { directory, by, groups, policies, options, ids, random } = stage;
  const { application, servicePrincipal } = expenseDesk(options.seed);
  const deed = (
    what: string,
    objectId: string,
    asActor: Deed['asActor'],
    asOther: Deed['asOther'] = null,
  ): Deed => ({ what, objectId, asActor, asOther });
  const patches = (objectId: string, bad: Properties, good: Properties): Deed =>
    deed(
      'patched',
      objectId,
      (at) => directory.update(objectId, bad, by.actor, at),
      (at) => directory.update(objectId, good, by.other, at),
    );

  const group = pick(random, groups.projects.slice(0, 7));
  const lost = groups.projects[7] as string;
  const policyIds = Object.values(policies.policies);
  const policy = pick(random, policyIds);
  const otherPolicy = pick(random, policyIds);
  const location = policies.locations['Headquarters'] as string;
  return [
    patches(group, { description: text(random, 'Broken') }, { description: text(random, 'Desk') }),
    patches(group, { displayName: text(random, 'Broken') }, { description: text(random, 'Desk') }),
    deed('groupDeleted', lost, (at) => directory.softDelete(lost, by.actor, at)),
    patches(application, { notes: text(random, 'Broken') }, { description: text(random, 'Desk') }),
    patches(servicePrincipal, { accountEnabled: false }, { notes: text(random, 'Desk') }),
    deed('secretAdded', application, (at) => addSecret(stage, application, 'temp', by.actor, at)),
    deed(
      'policyChanged',
      policy,
      (at) => changePolicy(stage, policy, () => ({ state: 'disabled' }), by.actor, at),
      (at) => changePolicy(stage, policy, () => ({ displayName: 'Renamed' }), by.other, at),
    ),
    deed('policyException', otherPolicy, (at) => {
      changePolicy(
        stage,
        otherPolicy,
        (now) => excluding(now, ids.people.outsider.id),
        by.actor,
        at,
      );
    }),
    patches(location, { ipRanges: everywhere }, { displayName: text(random, 'Desk') }),
    deed('scopesWidened', servicePrincipal, (at) => {
      const scope = 'User.Read Mail.Read Mail.Send Files.Read.All';
      directory.changeScopes(guidFrom(options.seed, 'expense grant'), scope, by.actor, at);
    }),
    deed('roleGranted', servicePrincipal, (at) => {
      const id = guidFrom(options.seed, 'random granted role');
      const grant = { id, principalId: servicePrincipal, value: 'Directory.ReadWrite.All' };
      grantGraphRole(stage, grant, by.actor, at);
    }),
    patches(
      'authorizationPolicy',
      { allowInvitesFrom: 'everyone' },
      { allowedToUseSSPR: false, modifiedDateTime: isoSeconds(stage.start) },
    ),
  ];
}

const text = (random: Random, who: string): string => `${who} ${Math.floor(random() * 1000)}`;

const everywhere: Json = [
  { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '128.0.0.0/1' },
];
