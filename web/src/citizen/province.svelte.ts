import { citizenApi } from "../api/device";
import { Province } from "../lib/province.svelte";

export const province = new Province(citizenApi);
