import {
  COVERAGE_REVIEWED_ON,
  coverageOf,
  coverageTable,
  isPseudoProperty,
} from '../../shared/domain/coverage.js';

describe('the coverage table', () => {
  it.each([
    ['AccountEnabled', 'accountEnabled', 'boolean'],
    ['accountenabled', 'accountEnabled', 'boolean'],
    ['Department', 'department', 'string'],
    ['JobTitle', 'jobTitle', 'string'],
    ['Title', 'jobTitle', 'string'],
    ['PhysicalDeliveryOfficeName', 'officeLocation', 'string'],
    ['officeLocation', 'officeLocation', 'string'],
    ['TelephoneNumber', 'businessPhones', 'stringList'],
    ['Mobile', 'mobilePhone', 'string'],
    ['OtherMail', 'otherMails', 'stringList'],
    ['ExtensionAttribute7', 'onPremisesExtensionAttributes/extensionAttribute7', 'string'],
    ['extensionattribute15', 'onPremisesExtensionAttributes/extensionAttribute15', 'string'],
    ['EmployeeHireDate', 'employeeHireDate', 'dateTime'],
    ['memberOf', 'memberOf', 'link'],
  ])('lets a user property %s be written as %s', (auditProperty, graphProperty, kind) => {
    expect(coverageOf('user', auditProperty)).toMatchObject({
      graphProperty,
      kind,
      support: 'surgical',
    });
  });

  it.each([
    ['user', 'Manager', 'manual'],
    ['user', 'AssignedLicense', 'manual'],
    ['user', 'PerUserMfaState', 'native'],
    ['user', 'Mail', 'native'],
    ['group', 'DisplayName', 'native'],
    ['group', 'MembershipRule', 'manual'],
    ['application', 'KeyDescription', 'manual'],
    ['servicePrincipal', 'AccountEnabled', 'native'],
    ['conditionalAccessPolicy', 'ConditionalAccessPolicy', 'native'],
    ['namedLocation', 'NamedLocation', 'native'],
    ['device', 'AccountEnabled', 'manual'],
    ['role', '*', 'manual'],
  ] as const)('does not claim that we write %s %s: it is %s', (objectType, property, support) => {
    expect(coverageOf(objectType, property)?.support).toBe(support);
  });

  it('knows nothing of properties nobody has looked at', () => {
    expect(coverageOf('user', 'SomethingNew')).toBeNull();
    expect(coverageOf('other', 'DisplayName')).toBeNull();
    expect(coverageOf('user', '__proto__')).toBeNull();
  });

  it.each(['accountEnabled', 'userPrincipalName', 'mobilePhone', 'businessPhones', 'otherMails'])(
    'marks %s as sensitive, so that privileged targets are planned only with a role',
    (property) => {
      expect(coverageOf('user', property)).toMatchObject({
        sensitive: true,
        dependsOnDirectoryRole: true,
      });
    },
  );

  it('never shows values that may hold key material', () => {
    for (const property of ['KeyDescription', 'Credential'])
      expect(coverageOf('application', property)?.secret).toBe(true);
    expect(coverageOf('user', 'PasswordProfile')?.secret).toBe(true);
  });

  it('names each spelling for one property only', () => {
    const spellings = coverageTable().flatMap((row) =>
      [row.auditProperty, ...row.aliases].map((name) => `${row.objectType}|${name.toLowerCase()}`),
    );

    expect(spellings.filter((name, index) => spellings.indexOf(name) !== index)).toEqual([]);
  });

  it('gives a person something to do wherever nobody else can, and a date to its review', () => {
    const silent = coverageTable().filter((row) => row.support === 'manual' && row.note === '');

    expect(silent).toEqual([]);
    expect(COVERAGE_REVIEWED_ON).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('covers every user property that the service itself recovers', () => {
    const published =
      `AccountEnabled, AgeGroup, City, CompanyName, ConsentProvidedForMinor, Country,
      Department, DisplayName, EmployeeHireDate, EmployeeId, EmployeeLeaveDate, EmployeeOrgData,
      EmployeeType, FaxNumber, GivenName, JobTitle, Mail, MailNickname, Mobile, OtherMail,
      PasswordPolicies, PerUserMfaState, PhysicalDeliveryOfficeName, PostalCode,
      PreferredDataLocation, PreferredLanguage, State, StreetAddress, Surname, TelephoneNumber,
      UsageLocation, UserPrincipalName, UserType`
        .split(',')
        .map((name) => name.trim());

    const missing = published.filter((name) => {
      const support = coverageOf('user', name)?.support;
      return support !== 'surgical' && support !== 'native';
    });

    expect(missing).toEqual([]);
  });
});

describe('a pseudo-property', () => {
  it.each([
    'Included Updated Properties',
    'included updated properties ',
    'TargetId.UserType',
    'Action Client Name',
    'Is Hard Deleted',
    'Group.ObjectID',
  ])('%s is no property of the object', (name) => {
    expect(isPseudoProperty(name)).toBe(true);
  });

  it.each(['AccountEnabled', 'GroupType', 'Department', 'TargetId'])('%s is one', (name) => {
    expect(isPseudoProperty(name)).toBe(false);
  });
});
