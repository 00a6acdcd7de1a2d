// For mongosh: makes a replica set of the members, and the user that Boya is. Can be run any number of times.
// MEMBERS: their hosts and ports; the first one has the user root. MONGODB_PASSWORD: of Boya's user.

const members = process.env.MEMBERS.split(',')
const root = encodeURIComponent(fs.readFileSync('/data/configdb/root-password', 'utf8').trim())

const first = new Mongo(`mongodb://root:${root}@${members[0]}/admin?directConnection=true`)

function isInitiated() {
  try {
    first.getDB('admin').runCommand({ replSetGetStatus: 1 })
    return true
  } catch (error) {
    if (error.codeName === 'NotYetInitialized') return false
    throw error
  }
}

if (!isInitiated()) {
  const hosts = members.map((host, _id) => ({ _id, host }))
  first.getDB('admin').runCommand({ replSetInitiate: { _id: 'boya', members: hosts } })
  print('the replica set is made')
}

// Waits until the members have chosen a primary.
const set = new Mongo(
  `mongodb://root:${root}@${members.join(',')}/admin?replicaSet=boya&w=majority&serverSelectionTimeoutMS=60000`,
)
const admin = set.getDB('admin')

// All databases: each tenant has one of its own, and roles know no beginnings of names.
const user = { pwd: process.env.MONGODB_PASSWORD, roles: ['readWriteAnyDatabase'] }
if (admin.getUser('boya') === null) {
  admin.createUser({ user: 'boya', ...user })
  print('the user boya is made')
} else {
  admin.updateUser('boya', user)
}
print('the replica set is ready')
