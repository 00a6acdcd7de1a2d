import { vi } from 'vitest'
import { presentContract } from '../contract/store-contract.ts'
import { openContract, PATIENT } from './opened-contract.ts'

vi.setConfig({ testTimeout: PATIENT })

presentContract('MongoDB', openContract)
