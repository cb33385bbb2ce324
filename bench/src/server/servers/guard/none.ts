import { serve } from '../serve.ts'
import { jwts, ordersApp } from './orders.ts'

serve(() => ({ listener: ordersApp(), context: { ...jwts, open: 'true' } }))
