/** A built-in directory role; its id is its template id (graph fact sheet G). */
export interface RoleDefinition {
  readonly id: string;
  readonly displayName: string;
}

const table: readonly (readonly [string, string])[] = [
  ['62e90394-69f5-4237-9190-012177145e10', 'Global Administrator'],
  ['194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator'],
  ['5f2222b1-57c3-48ba-8ad5-d4759f1fde6f', 'Security Operator'],
  ['5d6b6bb7-de71-4623-b4af-96380a352509', 'Security Reader'],
  ['b1be1c3e-b65d-4f19-8427-f6fa0d97feb9', 'Conditional Access Administrator'],
  ['b6a27b2b-f905-4b2e-81b5-0d90e0ef1fdb', 'Entra Backup Administrator'],
  ['f42252d9-5400-4d7b-b9ef-cc582dbb8577', 'Entra Backup Reader'],
  ['e8611ab8-c189-46e8-94e1-60213ab1f814', 'Privileged Role Administrator'],
  ['7be44c8a-adaf-4e2a-84d6-ab2649e08a13', 'Privileged Authentication Administrator'],
  ['c4e39bd9-1100-46d3-8c65-fb160da0071f', 'Authentication Administrator'],
  ['fe930be7-5e62-47db-91af-98c3a49a38b1', 'User Administrator'],
  ['9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'Application Administrator'],
  ['158c047a-c907-4556-b7ef-446551a6b5f7', 'Cloud Application Administrator'],
  ['f2ef992c-3afb-46b9-b7cf-a126ee74c451', 'Global Reader'],
  ['4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader'],
  ['729827e3-9c14-49f7-bb1b-9608f156bbb8', 'Helpdesk Administrator'],
  ['fdd7a751-b60b-444a-984c-02652fe8fa1c', 'Groups Administrator'],
  ['0526716b-113d-4c15-b2c8-68e3c22b9f80', 'Authentication Policy Administrator'],
  ['29232cdf-9323-42fd-ade2-1d097af3e4de', 'Exchange Administrator'],
  ['f28a1f50-f6e7-4571-818b-6a12f2af6b6c', 'SharePoint Administrator'],
];

export const roleDefinitions: readonly RoleDefinition[] = table.map(([id, displayName]) => ({
  id,
  displayName,
}));

/** The id of a built-in role. */
export function roleId(displayName: string): string {
  const role = roleDefinitions.find((candidate) => candidate.displayName === displayName);
  if (role === undefined) throw new Error(`There is no built-in role ${displayName}.`);
  return role.id;
}

export function roleOf(id: string): RoleDefinition | undefined {
  return roleDefinitions.find((candidate) => candidate.id === id);
}
