import type { Agenda } from './agenda.js';
import { parseRule, type MembershipRule } from './dynamic-groups.js';
import { minute, second } from './instants.js';
import type { Change, DirectoryObject, Initiator, Properties } from './model.js';
import { between, guidFrom, type Random } from './random.js';
import type { View } from './view.js';

/** The directory as far as the tenant's own services look at it and write it. */
interface Automated {
  readonly now: View;
  readonly agenda: Agenda;
  update(id: string, patch: Properties, by: Initiator, at: number): unknown;
  setLink(
    name: 'members',
    holderId: string,
    otherId: string,
    added: boolean,
    by: Initiator,
    at: number,
  ): unknown;
}

/** What the tenant does by itself after a change: dynamic membership, directory sync. */
export class Automation {
  readonly #directory: Automated;
  readonly #random: Random;
  readonly #speed: number;
  readonly #start: number;
  readonly #onPremises = new Map<string, boolean>();
  readonly #rules = new Map<string, MembershipRule>();
  readonly #groupsService: Initiator;
  readonly #syncService: Initiator;
  #live = false;

  constructor(
    directory: Automated,
    random: Random,
    options: { tenantId: string; speed: number; start: number },
  ) {
    this.#directory = directory;
    this.#random = random;
    this.#speed = options.speed;
    this.#start = options.start;
    const named = (displayName: string): Initiator => ({
      kind: 'app',
      displayName,
      servicePrincipalId: guidFrom(options.tenantId, displayName),
    });
    this.#groupsService = named('Microsoft Approval Management');
    this.#syncService = named('Microsoft.Azure.SyncFabric');
  }

  goLive(): void {
    this.#live = true;
  }

  setOnPremises(id: string, accountEnabled: boolean): void {
    this.#onPremises.set(id, accountEnabled);
  }

  react(change: Change, by: Initiator | null): void {
    if (change.what.kind === 'link' || change.what.kind === 'incoming') return;
    const object = this.#directory.now.get(change.objectId);
    if (object === undefined) return;
    if (object.type === 'group') this.#reactToGroup(object, change);
    if (object.type === 'user') this.#reactToUser(object, change, by);
  }

  #reactToGroup(group: DirectoryObject, change: Change): void {
    if (change.what.kind !== 'property' || !groupRuleProperties.has(change.what.name)) return;
    this.#later(change.at, (due) => {
      const users = [...this.#directory.now.list('user')];
      for (const user of users) this.#place(group.id, user.id, due);
    });
  }

  #reactToUser(user: DirectoryObject, change: Change, by: Initiator | null): void {
    const { what } = change;
    if (what.kind === 'property' && what.name === 'accountEnabled') this.#sync(user, change, by);
    for (const group of this.#dynamicGroups()) {
      const rule = this.#ruleOf(group);
      const concerned =
        what.kind === 'state' || (what.kind === 'property' && rule?.properties.has(what.name));
      if (concerned) this.#later(change.at, (due) => this.#place(group.id, user.id, due));
    }
  }

  /** Sync overwrites a switch made in the cloud at its next half-hourly cycle (fact sheet A.2). */
  #sync(user: DirectoryObject, change: Change, by: Initiator | null): void {
    if (user.properties['onPremisesSyncEnabled'] !== true || by === this.#syncService) return;
    const mastered = this.#onPremises.get(user.id) ?? true;
    const cycle = (30 * minute) / this.#speed;
    const cycles = Math.max(1, Math.ceil((change.at - this.#start) / cycle));
    this.#directory.agenda.add(this.#start + cycles * cycle, (due) => {
      if (this.#directory.now.get(user.id)?.properties['accountEnabled'] === mastered) return;
      this.#directory.update(user.id, { accountEnabled: mastered }, this.#syncService, due);
    });
  }

  #place(groupId: string, userId: string, at: number): void {
    const group = this.#directory.now.get(groupId);
    const user = this.#directory.now.get(userId);
    if (group === undefined || user === undefined) return;
    const rule = this.#ruleOf(group);
    if (rule === undefined) return;
    const member = this.#directory.now.linked(groupId, 'members', userId);
    const wanted = rule.matches(user);
    if (member === wanted) return;
    this.#directory.setLink('members', groupId, userId, wanted, this.#groupsService, at);
  }

  #later(at: number, run: (due: number) => void): void {
    const wait = this.#live
      ? between(this.#random, minute, 4 * minute) / this.#speed
      : between(this.#random, 40 * second, 70 * second);
    this.#directory.agenda.add(at + wait, run);
  }

  *#dynamicGroups(): Generator<DirectoryObject> {
    for (const group of this.#directory.now.list('group')) if (isDynamic(group)) yield group;
  }

  #ruleOf(group: DirectoryObject): MembershipRule | undefined {
    const text = group.properties['membershipRule'];
    if (!isDynamic(group) || typeof text !== 'string') return undefined;
    if (group.properties['membershipRuleProcessingState'] === 'Paused') return undefined;
    let rule = this.#rules.get(text);
    if (rule === undefined) this.#rules.set(text, (rule = parseRule(text)));
    return rule;
  }
}

/** True for a group whose members follow a rule. */
export function isDynamic(group: DirectoryObject): boolean {
  const types = group.properties['groupTypes'];
  return Array.isArray(types) && types.includes('DynamicMembership');
}

const groupRuleProperties = new Set([
  'membershipRule',
  'membershipRuleProcessingState',
  'groupTypes',
]);
