/** Provisioning: what a file asks for, compared with what is there. The AWS side is in `aws`. */
export type {
  AlarmsConfig,
  CircuitBreakerConfig,
  ProvisioningConfig,
  QueueConfig,
  RuleConfig,
  SubscriptionConfig,
  TopicConfig,
} from './config/provisioning-config.js';
export { readConfig } from './config/read-config.js';
export type { PropertyChange } from './engine/compare.js';
export { Provisioner, type ChangeAction, type Progress, type ResourceChange } from './engine/provisioner.js';
export type { ResourceDriver, ResourceDrivers } from './engine/resource-driver.js';
export { InvalidConfigError } from './errors/invalid-config.error.js';
export { ProvisioningFailedError } from './errors/provisioning-failed.error.js';
export { circuitBreakerCode, functionCode, type FunctionCode } from './function/function-code.js';
export { desiredResources } from './model/desired-resources.js';
export {
  RESOURCE_KINDS,
  type DesiredResource,
  type ResourceKind,
  type ResourceProperties,
  type SeenResource,
} from './model/resource.js';
export { findProblems, type Problem, type ProblemCode } from './doctor/find-problems.js';
export { cloudFormationOf } from './output/cloud-formation.js';
export { documentationOf } from './output/documentation.js';
export { resultFiles } from './output/result-files.js';
