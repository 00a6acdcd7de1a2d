import { vi } from 'vitest'
import { pastContract } from '../contract/store-contract.ts'
import { openContract, PATIENT } from './opened-contract.ts'

vi.setConfig({ testTimeout: PATIENT })

pastContract('MongoDB', openContract)
