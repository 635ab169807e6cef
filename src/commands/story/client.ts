/** A client of the REST API, as plain as a script's; whoever calls says what of the answer they read. */

export interface StoryClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  patch<T>(path: string, body: object): Promise<T>;
}

export function clientOf(url: string, apiKey: string): StoryClient {
  const send = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      method, headers: { authorization: `Bearer ${apiKey}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = await response.json() as T & { detail?: string; code?: string };
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status} ${answer.code ?? ''}: ${answer.detail ?? ''}`);
    return answer;
  };
  return {
    get: (path) => send('GET', path), post: (path, body) => send('POST', path, body), put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
  };
}
