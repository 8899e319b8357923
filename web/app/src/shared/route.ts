export type Route =
  | { readonly page: 'start' }
  | { readonly page: 'live'; readonly id: string; readonly key: string | null }
  | { readonly page: 'nowhere' };

/** What an address shows. The director's key is in the fragment only, which no browser sends to a server. */
export function routeOf(location: { readonly pathname: string; readonly hash: string }): Route {
  const [, first, second, ...rest] = location.pathname.replace(/\/+$/, '').split('/');
  if (first === undefined || first === '') return { page: 'start' };
  if ((first === 'watch' || first === 'direct') && second && rest.length === 0) {
    const id = safeDecode(second);
    if (id === null) return { page: 'nowhere' };
    return { page: 'live', id, key: first === 'direct' ? safeDecode(location.hash.replace(/^#/, '')) || null : null };
  }
  return { page: 'nowhere' };
}

export function watchPath(id: string): string {
  return `/watch/${encodeURIComponent(id)}`;
}

export function directPath(id: string, key: string): string {
  return `/direct/${encodeURIComponent(id)}#${encodeURIComponent(key)}`;
}

function safeDecode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
