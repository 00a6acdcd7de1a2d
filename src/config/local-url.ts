/** The URL at which a broker of this machine is reached: one that listens on all addresses does so on the loopback one. */
export function localUrl(host: string, port: number): string {
  const reached = isEveryAddress(host) ? '127.0.0.1' : host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
