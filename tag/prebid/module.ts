import type { Submodule } from "./contract.ts";
import { tideline } from "./provider.ts";

/** For Prebid's own build: a file for its folder `modules`, where it is one among the others. Its import is put before this when it is built. */
declare const submodule: (type: "realTimeData", provider: Submodule) => void;

submodule("realTimeData", tideline);
// Says to the script beside Prebid that it is not needed.
(window as { tidelineInPrebid?: boolean }).tidelineInPrebid = true;
