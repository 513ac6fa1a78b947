export { configureHttp, BODY_LIMIT } from './configure-http.js';
export { HealthController } from './health.controller.js';
export { IsPlainText, PlainTextPipe } from './plain-text.js';
export { ProblemDetails, type InvalidField } from './problem-details.js';
export { ProblemDetailsFilter } from './problem-details.filter.js';
export {
  IdempotencyKeyReusedException,
  InvalidRequestException,
  createRequestValidation,
} from './request-validation.js';
export { listenAddress, serviceUrl, type ListenAddress } from './environment.js';
