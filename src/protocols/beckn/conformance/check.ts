export interface Check {
  name: string;
  passed: boolean;
  detail: string;
}
