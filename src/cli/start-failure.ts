/** Why a broker could not start, for the one who started it. */
export function explainStartFailure(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'the port is taken; set BOYA_PORT to another one, or end what listens there'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${error.message}: this machine has no such address; set BOYA_HOST to one that it has, or to 0.0.0.0`
    case 'EACCES':
      return `${error.message}: this user may not`
    default:
      return error.message
  }
}
