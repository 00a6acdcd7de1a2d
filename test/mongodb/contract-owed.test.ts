import { vi } from 'vitest'
import { owedContract } from '../contract/store-contract.ts'
import { openContract, PATIENT } from './opened-contract.ts'

vi.setConfig({ testTimeout: PATIENT })

owedContract('MongoDB', openContract)
