/** Words of a service's paths; whatever else a path holds is somebody's id or name. */
const word =
  /^(?:[a-zA-Z]+|\$(?:ref|batch|count|value)|v\d+(?:\.\d+)?|microsoft\.graph(?:\.[a-zA-Z]+)*)$/;

/**
 * A path without what it names: `/v1.0/users/{id}/memberOf`. No query, no id, no name survives, so that
 * it may be told to others (I14).
 */
export const routeTemplate = (pathname: string): string =>
  pathname
    .split('/')
    .map((part) => (part === '' || word.test(part) ? part : '{id}'))
    .join('/');
