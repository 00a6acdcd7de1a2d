import { describe, expect, it } from 'vitest'
import { createAddressCheck } from './address-policy.ts'

const never = [
  ...['169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '100.100.100.200', '0.0.0.0', '::'],
  ...['224.0.0.1', 'ff02::1', '255.255.255.255', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'],
  ...['64:ff9b:1::a9fe:a9fe', '64:ff9b:1:a9fe:a9:fe00::', '64:ff9b:1:1:a9:fea9:fe00:0', '::ffff:0:169.254.169.254'],
]
const privates = ['127.0.0.1', '127.1.2.3', '::1', '10.0.0.1', '172.16.5.5', '192.168.1.1', 'fd12::1', '100.64.0.1']
const mapped = [
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '::127.0.0.1',
  '198.18.0.1',
  '::ffff:0:10.0.0.1',
  '64:ff9b:1::a00:1',
]
const publics = ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '::ffff:0:8.8.8.8']

describe('public', () => {
  const check = createAddressCheck({ mode: 'public', networks: [] })
  it.each(never)('never %s', (address) => expect(check(address)).toBe('never'))
  it.each([...privates, ...mapped])('not %s', (address) => expect(check(address)).toBe('private'))
  it.each(publics)('%s', (address) => expect(check(address)).toBeUndefined())
})

describe('private', () => {
  const check = createAddressCheck({ mode: 'private', networks: [] })
  it.each(never)('never %s', (address) => expect(check(address)).toBe('never'))
  it.each([...privates, ...mapped, ...publics])('%s', (address) => expect(check(address)).toBeUndefined())
})

describe('networks', () => {
  const check = createAddressCheck({ mode: 'networks', networks: ['10.1.0.0/16', 'fd12::/64', '169.254.0.0/16'] })
  it('allows what is listed and what is public', () => {
    expect(check('10.1.2.3')).toBeUndefined()
    expect(check('::ffff:10.1.2.3')).toBeUndefined()
    expect(check('fd12::9')).toBeUndefined()
    expect(check('8.8.8.8')).toBeUndefined()
  })
  it('allows nothing else', () => {
    expect(check('10.2.0.1')).toBe('private')
    expect(check('fd13::9')).toBe('private')
    expect(check('127.0.0.1')).toBe('private')
  })
  it('allows link-local addresses not even where they are listed', () => expect(check('169.254.169.254')).toBe('never'))
  it('says which network is none', () => {
    expect(() => createAddressCheck({ mode: 'networks', networks: ['10.1'] })).toThrow()
  })
})
