/** The people of every scenario, by the names the control server uses. */
export const personNames = [
  'commander',
  'operator',
  'approver',
  'responder',
  'reader',
  'outsider',
  'actor',
  'breakGlass1',
  'breakGlass2',
] as const;

export type PersonName = (typeof personNames)[number];

export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
}

export type People = Readonly<Record<PersonName, Person>>;

/**
 * App roles of each person on our API. The actor holds deciding roles on purpose: only the
 * separation of duties may stop them.
 */
export const personRoles: Readonly<Record<PersonName, readonly string[]>> = {
  commander: ['Incident.Commander'],
  operator: ['Incident.Operator'],
  approver: ['Incident.Approver'],
  responder: ['Incident.Responder'],
  reader: ['Incident.Reader'],
  outsider: [],
  actor: ['Incident.Approver', 'Incident.Operator'],
  breakGlass1: ['Incident.Approver', 'Incident.Operator'],
  breakGlass2: ['Incident.Approver', 'Incident.Operator'],
};

/** Narrows text from outside to a person's name. */
export function isPersonName(name: unknown): name is PersonName {
  return typeof name === 'string' && (personNames as readonly string[]).includes(name);
}

/** App roles on our API of a user, empty for everybody who is not one of the people. */
export function rolesOfUser(people: People, userId: string): readonly string[] {
  const name = personNames.find((candidate) => people[candidate].id === userId);
  return name === undefined ? [] : personRoles[name];
}
