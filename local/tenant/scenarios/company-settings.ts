import type { Directory } from '../directory/directory.js';
import type { Json, Properties } from '../directory/model.js';

/** Settings of which a tenant has one each, and its authentication strengths. */
export function addSettings(
  directory: Directory,
  tenant: { readonly id: string; readonly domain: string; readonly synced: boolean },
): void {
  directory.seed('authorizationPolicy', 'authorizationPolicy', authorizationPolicy);
  directory.seed('authenticationMethodsPolicy', 'authenticationMethodsPolicy', methodsPolicy);
  for (const [index, strength] of strengths.entries()) {
    const id = `00000000-0000-0000-0000-00000000000${index + 2}`;
    directory.seed('authenticationStrengthPolicy', id, strength);
  }
  directory.seed('organization', tenant.id, {
    displayName: 'Woodgrove',
    tenantType: 'AAD',
    onPremisesSyncEnabled: tenant.synced ? true : null,
    createdDateTime: '2017-02-01T09:00:00Z',
    countryLetterCode: 'DE',
    preferredLanguage: 'en',
    technicalNotificationMails: [`it@${tenant.domain}`],
    securityComplianceNotificationMails: [`security@${tenant.domain}`],
    privacyProfile: {
      contactEmail: `privacy@${tenant.domain}`,
      statementUrl: `https://www.${tenant.domain}/privacy`,
    },
    verifiedDomains: [{ name: tenant.domain, isDefault: true, isInitial: false, type: 'Managed' }],
    assignedPlans: [
      {
        service: 'AADPremiumService',
        servicePlanId: 'eec0eb4f-6444-4f95-aba0-50c24d67f998',
        capabilityStatus: 'Enabled',
      },
    ],
    // Per-user MFA of the whole tenant: Graph does not show it, backups hold it (backup fact sheet 6.2).
    strongAuthenticationDetails: {
      availableMFAMethods: ['PhoneAppNotification', 'PhoneAppOTP'],
      isApplicationPasswordBlocked: true,
      isRememberDevicesEnabled: false,
      rememberDevicesDurationInDays: 0,
    },
    strongAuthenticationPolicy: { enabled: true, ipAllowList: [] },
  });
}

const authorizationPolicy: Properties = {
  displayName: 'Authorization Policy',
  description: 'Used to manage authorization related settings across the company.',
  allowInvitesFrom: 'adminsAndGuestInviters',
  allowedToSignUpEmailBasedSubscriptions: false,
  allowedToUseSSPR: true,
  allowEmailVerifiedUsersToJoinOrganization: false,
  allowUserConsentForRiskyApps: false,
  blockMsolPowerShell: true,
  // Guests see themselves only.
  guestUserRoleId: '2af84b1e-32c8-42b7-82bc-daa82404023b',
  defaultUserRolePermissions: {
    allowedToCreateApps: false,
    allowedToCreateSecurityGroups: false,
    allowedToCreateTenants: false,
    allowedToReadBitlockerKeysForOwnedDevice: true,
    allowedToReadOtherUsers: true,
    permissionGrantPoliciesAssigned: ['ManagePermissionGrantsForSelf.microsoft-user-default-low'],
  },
};

const everybody: Json = [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }];

function method(id: string, type: string, state: 'enabled' | 'disabled', extra: Properties): Json {
  return {
    '@odata.type': `#microsoft.graph.${type}AuthenticationMethodConfiguration`,
    id,
    state,
    excludeTargets: [],
    includeTargets: everybody,
    ...extra,
  };
}

const methodsPolicy: Properties = {
  displayName: 'Authentication Methods Policy',
  description: 'The tenant-wide policy that controls which authentication methods are allowed.',
  lastModifiedDateTime: '2025-03-11T07:41:09Z',
  policyVersion: '1.5',
  policyMigrationState: 'migrationComplete',
  registrationEnforcement: {
    authenticationMethodsRegistrationCampaign: {
      snoozeDurationInDays: 1,
      state: 'default',
      excludeTargets: [],
      includeTargets: [
        {
          id: 'all_users',
          targetType: 'group',
          targetedAuthenticationMethod: 'microsoftAuthenticator',
        },
      ],
    },
  },
  authenticationMethodConfigurations: [
    method('Fido2', 'fido2', 'enabled', {
      isAttestationEnforced: true,
      isSelfServiceRegistrationAllowed: true,
      keyRestrictions: { isEnforced: false, enforcementType: 'block', aaGuids: [] },
    }),
    method('MicrosoftAuthenticator', 'microsoftAuthenticator', 'enabled', {
      isSoftwareOathEnabled: false,
      featureSettings: {
        displayAppInformationRequiredState: { state: 'enabled' },
        displayLocationInformationRequiredState: { state: 'enabled' },
      },
    }),
    method('Sms', 'sms', 'disabled', {}),
    method('TemporaryAccessPass', 'temporaryAccessPass', 'enabled', {
      defaultLength: 8,
      defaultLifetimeInMinutes: 60,
      isUsableOnce: true,
      maximumLifetimeInMinutes: 480,
      minimumLifetimeInMinutes: 60,
    }),
    method('SoftwareOath', 'softwareOath', 'disabled', {}),
    method('Voice', 'voice', 'disabled', { isOfficePhoneAllowed: false }),
    method('Email', 'email', 'enabled', { allowExternalIdToUseEmailOtp: 'default' }),
    method('X509Certificate', 'x509Certificate', 'disabled', {
      authenticationModeConfiguration: {
        x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
        rules: [],
      },
      certificateUserBindings: [
        { x509CertificateField: 'PrincipalName', userProperty: 'userPrincipalName', priority: 1 },
      ],
    }),
  ],
};

const strength = (
  displayName: string,
  requirementsSatisfied: string,
  allowedCombinations: string[],
): Properties => ({
  displayName,
  description: '',
  policyType: 'builtIn',
  requirementsSatisfied,
  allowedCombinations,
  createdDateTime: '2021-12-01T00:00:00Z',
  modifiedDateTime: '2021-12-01T00:00:00Z',
});

const phishingResistant = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'];

/** Built in, in the order of their ids. */
const strengths: readonly Properties[] = [
  strength('Multifactor authentication', 'mfa', [
    ...phishingResistant,
    'deviceBasedPush',
    'temporaryAccessPassOneTime',
    'password,microsoftAuthenticatorPush',
    'password,softwareOath',
    'password,sms',
  ]),
  strength('Passwordless MFA', 'mfa', [...phishingResistant, 'deviceBasedPush']),
  strength('Phishing-resistant MFA', 'mfa', phishingResistant),
];
