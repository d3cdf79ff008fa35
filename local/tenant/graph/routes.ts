import { agentRoutes } from './agents.js';
import { appRoleAssignmentRoutes } from './app-role-assignments.js';
import { applicationRoutes } from './applications.js';
import { auditLogRoutes } from './audit-logs.js';
import { authenticationMethodRoutes } from './authentication-methods.js';
import { authenticationStrengthRoutes } from './authentication-strengths.js';
import { authorizationPolicyRoutes } from './authorization-policy.js';
import { conditionalAccessRoutes } from './conditional-access.js';
import { credentialRoutes } from './credentials.js';
import { directoryObjectRoutes } from './directory-objects.js';
import { groupMemberRoutes } from './group-members.js';
import { groupRoutes } from './groups.js';
import { membershipRoutes } from './memberships.js';
import { ownerRoutes } from './owners.js';
import { permissionGrantRoutes } from './permission-grants.js';
import { recoveryRoutes } from './recovery.js';
import { roleScheduleRoutes } from './role-schedules.js';
import { roleRoutes } from './roles.js';
import type { Route } from './route.js';
import { tenantWideRoutes } from './tenant-wide.js';
import { userRoutes } from './users.js';

/** Every operation the tenant's Graph knows. Literal paths come before those with parameters. */
export const graphRoutes: readonly Route[] = [
  ...agentRoutes,
  ...userRoutes,
  ...membershipRoutes,
  ...groupRoutes,
  ...groupMemberRoutes,
  ...directoryObjectRoutes,
  ...applicationRoutes,
  ...credentialRoutes,
  ...ownerRoutes,
  ...appRoleAssignmentRoutes,
  ...permissionGrantRoutes,
  ...roleRoutes,
  ...roleScheduleRoutes,
  ...auditLogRoutes,
  ...conditionalAccessRoutes,
  ...authorizationPolicyRoutes,
  ...authenticationMethodRoutes,
  ...authenticationStrengthRoutes,
  ...recoveryRoutes,
  ...tenantWideRoutes,
];
