import fc from 'fast-check';
import { manualStep, type ByHand } from '../../shared/domain/incident/manual-step.js';
import {
  auditRowCommand,
  ruleCommand,
  softDeleteCommand,
  updateCommand,
} from '../../shared/domain/incident/manual-command.js';
import { known, unknown, type Json } from '../../shared/domain/json.js';
import { guid } from './support/incidents.js';

const id = guid(1);
const other = guid(0x3a4a);

const step = (
  objectType: ByHand['objectType'],
  property: string,
  then: Json,
  after: Json = null,
): string | null =>
  manualStep({ objectType, objectId: id, property, then: known(then), after: known(after) });

describe('what a person does about a property that nobody else writes', () => {
  it.each<[string, ByHand['objectType'], string, Json, Json, string]>([
    [
      'a manager taken away',
      'user',
      'Manager',
      other,
      null,
      `Give back the manager ${other}: Set-MgUserManagerByRef -UserId '${id}' -BodyParameter @{ '@odata.id' = 'https://graph.microsoft.com/v1.0/users/${other}' }`,
    ],
    [
      'a manager where none was',
      'user',
      'Manager',
      null,
      other,
      `There was no manager before. Remove-MgUserManagerByRef -UserId '${id}'`,
    ],
    [
      'an owner added',
      'application',
      `owners/${other}`,
      false,
      true,
      `Take away the owner ${other}: Invoke-MgGraphRequest -Method DELETE -Uri '/v1.0/applications/${id}/owners/${other}/$ref'`,
    ],
    [
      'an owner taken away',
      'group',
      `owners/${other}`,
      true,
      false,
      `Make ${other} an owner again: Invoke-MgGraphRequest -Method POST -Uri '/v1.0/groups/${id}/owners/$ref' -Body '{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/${other}"}'`,
    ],
    [
      'a rule changed',
      'group',
      'MembershipRule',
      "user.department -eq 'x'",
      '',
      `Invoke-MgGraphRequest -Method PATCH -Uri '/v1.0/groups/${id}' -Body '{"membershipRule":"user.department -eq \\u0027x\\u0027"}'`,
    ],
  ])('%s: the exact command', (_, objectType, property, then, after, command) => {
    expect(step(objectType, property, then, after)).toBe(command);
  });

  it('a role given names the assignment to take away, a role taken how to give it back', () => {
    const given = step('user', `DirectoryRole/${other}`, [], 'Helpdesk Administrator');
    const taken = step('user', `DirectoryRole/${other}`, 'Helpdesk Administrator', []);

    expect(given).toContain(`Take away the role Helpdesk Administrator (${other})`);
    expect(given).toContain(
      `$filter=principalId eq ''${id}'' and roleDefinitionId eq ''${other}''`,
    );
    expect(taken).toContain(`"principalId":"${id}","roleDefinitionId":"${other}"`);
  });

  it.each([
    ['as JSON', { skuId: other, disabledPlans: [] }],
    ['as the text of a row', `[SkuName=E5, AccountId=x, SkuId=${other}, DisabledPlans=[]]`],
  ])('a licence %s is given back by its id', (_, then) => {
    expect(step('user', 'AssignedLicense', then, [])).toContain(
      `Set-MgUserLicense -UserId '${id}' -AddLicenses @(@{ SkuId = '${other}' }) -RemoveLicenses @()`,
    );
    expect(step('user', 'AssignedLicense', [], then)).toContain(`-RemoveLicenses @('${other}')`);
  });

  it('is left to the note of the coverage table where the row does not say enough', () => {
    const property = 'Manager';
    const then = unknown('not stated');

    expect(
      manualStep({ objectType: 'user', objectId: id, property, then, after: then }),
    ).toBeNull();
    expect(step('user', 'Manager', 'CN=Somebody')).toBeNull();
    expect(step('user', 'Sponsors', other)).toBeNull();
  });

  it('never puts into a command what somebody wrote, however it is spelled', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Manager', 'MembershipRule', 'AssignedLicense'),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (property, hostile, objectId) => {
          const text = manualStep({
            objectType: property === 'MembershipRule' ? 'group' : 'user',
            objectId,
            property,
            then: known(`x'; Remove-Item '${hostile}`),
            after: known(null),
          });
          expect(text).toBeNull();
        },
      ),
    );
    for (const key of [`${other}'; x`, '', "'"]) {
      expect(step('group', `owners/${key}`, true)).toBeNull();
      expect(step('group', `DirectoryRole/${key}`, [], 'x')).toBeNull();
    }
  });

  it.each(['a b', "x'y", '', 'Directory_1;x', 'x'.repeat(201)])(
    'shows no audit row with the id %j',
    (eventId) => expect(auditRowCommand(eventId)).toBeNull(),
  );

  it('stays the same value where a page shows two blanks as one', () => {
    expect(updateCommand({ objectType: 'user', objectId: id }, 'department', 'a   b')).toContain(
      '{"department":"a\\u0020\\u0020 b"}',
    );
  });

  it('names the variant, without which Graph does not know the property', () => {
    const variant = '#microsoft.graph.ipNamedLocation';
    const location = { objectType: 'namedLocation', objectId: id, variant } as const;

    expect(updateCommand(location, 'isTrusted', false)).toContain(
      `-Body '{"@odata.type":"${variant}","isTrusted":false}'`,
    );
  });

  it('shows the rule of one group', () => {
    expect(ruleCommand(id)).toBe(
      `Invoke-MgGraphRequest -Method GET -Uri '/v1.0/groups/${id}?$select=displayName,membershipRule'`,
    );
    expect(ruleCommand("x'; y")).toBeNull();
  });

  it('deletes only by the id of one object of a known kind', () => {
    expect(softDeleteCommand('user', id)).toBe(
      `Invoke-MgGraphRequest -Method DELETE -Uri '/v1.0/users/${id}'`,
    );
    expect(softDeleteCommand('user', 'x/../y')).toBeNull();
    expect(softDeleteCommand('role', id)).toBeNull();
  });
});
