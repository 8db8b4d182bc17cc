// Monaco's JSON language service.
import 'monaco-editor/language/json/json.worker';
