export { checkGatewayConfig, startGateway } from './gateway.ts';
export type { Gateway } from './gateway.ts';
