import {
  coverageOf,
  coverageTable,
  isPseudoProperty,
} from '../../shared/domain/coverage/coverage.js';
import { COVERAGE_REVIEWED_ON } from '../../shared/domain/coverage/coverage-row.js';

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
    ['group', 'MailEnabled', 'native'],
    ['group', 'MembershipRule', 'manual'],
    ['application', 'KeyDescription', 'manual'],
    ['application', 'keyIdentifiers', 'manual'],
    ['application', 'PublisherDomain', 'native'],
    ['organization', 'StrongAuthenticationPolicy', 'native'],
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

  it.each([
    [
      'user',
      `AccountEnabled, AgeGroup, City, CompanyName, ConsentProvidedForMinor, Country,
      Department, DisplayName, EmployeeHireDate, EmployeeId, EmployeeLeaveDate, EmployeeOrgData,
      EmployeeType, FaxNumber, GivenName, JobTitle, Mail, MailNickname, Mobile, OtherMail,
      PasswordPolicies, PerUserMfaState, PhysicalDeliveryOfficeName, PostalCode,
      PreferredDataLocation, PreferredLanguage, State, StreetAddress, Surname, TelephoneNumber,
      UsageLocation, UserPrincipalName, UserType`,
    ],
    [
      'group',
      `Classification, Description, DisplayName, GroupType, IsPublic, Mail, MailEnabled,
      MailNickname, PreferredDataLocation, PreferredLanguage, SecurityEnabled, Theme, memberOf`,
    ],
    ['authorizationPolicy', 'blockMsolPowerShell, guestUserRoleId'],
    [
      'application',
      `DisplayName, Description, Notes, ApplicationTag, AppIdentifierUri, AppCreatedDateTime,
      PublicClient, PublisherDomain, IsDeviceOnlyAuthSupported, ServiceManagementReference,
      RequiredResourceAccess, NativeAuthenticationApisEnabled, SignInAudience,
      GroupMembershipClaims, OptionalClaims, IsDisabled, AddIns,
      ServicePrincipalLockConfiguration, AppInformationalUrl`,
    ],
    [
      'servicePrincipal',
      `AccountEnabled, AlternativeNames, ExplicitAccessGrantRequired, Description, LoginUrl, Notes,
      NotificationEmailAddresses, PreferredTokenSigningKeyThumbprint, ServicePrincipalTag,
      ServicePrincipalType, PreferredSingleSignOnMode, PublisherName, SamlSingleSignOnSettings,
      ServicePrincipalName, appRoleAssignments/r/a, oauth2PermissionGrants/r/all`,
    ],
    [
      'conditionalAccessPolicy',
      '*, displayName, state, conditions, grantControls, sessionControls',
    ],
    [
      'namedLocation',
      `*, displayName, isTrusted, ipRanges, countriesAndRegions, countryLookupMethod,
      includeUnknownCountriesAndRegions`,
    ],
    [
      'authenticationMethodPolicy',
      `authenticationMethodConfigurations/Email, authenticationMethodConfigurations/Fido2,
      authenticationMethodConfigurations/MicrosoftAuthenticator,
      authenticationMethodConfigurations/Voice, authenticationMethodConfigurations/Sms,
      authenticationMethodConfigurations/SoftwareOath,
      authenticationMethodConfigurations/TemporaryAccessPass,
      authenticationMethodConfigurations/X509Certificate`,
    ],
    ['organization', 'StrongAuthenticationDetails, StrongAuthenticationPolicy'],
  ] as const)(
    'covers every %s property that the service itself recovers',
    (objectType, published) => {
      const missing = published
        .split(',')
        .map((name) => name.trim())
        .filter((name) => {
          const support = coverageOf(objectType, name)?.support;
          return support !== 'surgical' && support !== 'native';
        });

      expect(missing).toEqual([]);
    },
  );

  it('says why wherever we do not write ourselves, and dates every row', () => {
    const silent = coverageTable().filter(
      ({ support, note, reviewedOn }) =>
        (support !== 'surgical' && note === '') || reviewedOn < '2026-11-01',
    );

    expect(silent).toEqual([]);
  });

  it('covers relations and parts of a policy by the name before the key', () => {
    expect(coverageOf('user', 'appRoleAssignments/a/b')?.kind).toBe('relation');
    expect(coverageOf('servicePrincipal', 'OAuth2PermissionGrants/a/all')?.kind).toBe('scopes');
    expect(coverageOf('user', 'oauth2PermissionGrants/a/all')).toBeNull();
    expect(coverageOf('user', 'Department/x')).toBeNull();
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
    'ServicePrincipal.ObjectID',
  ])('%s is no property of the object', (name) => {
    expect(isPseudoProperty(name)).toBe(true);
  });

  it.each(['AccountEnabled', 'GroupType', 'Department', 'TargetId'])('%s is one', (name) => {
    expect(isPseudoProperty(name)).toBe(false);
  });
});
