import type { Route } from './route.js';
import { userRoutes } from './users.js';

/** Every operation the tenant's Graph knows. Literal paths come before those with parameters. */
export const graphRoutes: readonly Route[] = [...userRoutes];
