import { dialectOf } from '../../core/words/words.ts';
import { ApiError, type BareCall, type Dialect, type Reply } from '../../core/world.ts';

/** The error body of IAM. Source: platform reference, "POST /identity/token" (errors). */
function refusal(
  call: BareCall,
  status: number,
  errorCode: string,
  errorMessage: string,
  errorDetails?: string,
): Reply {
  const time = call.at.toISOString();
  const context = {
    requestId: call.transactionId,
    requestType: 'incoming.Identity_Token',
    userAgent: call.header('user-agent') ?? '',
    url: call.origin,
    instanceId: 'emulator',
    threadId: 'emulator',
    host: 'emulator',
    startTime: time,
    endTime: time,
    elapsedTime: '0',
    locale: 'en_US',
    clusterName: 'emulator',
  };
  return {
    status,
    body: { context, errorCode, errorMessage, ...(errorDetails === undefined ? {} : { errorDetails }) },
  };
}

/** A refusal by IAM's token and identity API. */
export function refuse(call: BareCall, status: number, errorCode: string, message: string): ApiError {
  return new ApiError(refusal(call, status, errorCode, message));
}

/** How IAM words what the server itself refuses. UNSURE: the codes but BXNIM0407E are judged. */
export const dialect: Dialect = dialectOf(
  refusal,
  { 400: 'BXNIM0106E', 500: 'BXNIM0001E' },
  {
    unauthorized: (why, call) =>
      refusal(call, 401, 'BXNIM0407E', 'Provided token is invalid or expired.', `The token is ${why}.`),
    notImplemented: (call) =>
      refusal(call, 501, 'not_emulated', `${call.method} ${call.path} is not emulated in full.`),
  },
);
