using Nua.Agent.Settings;
namespace Nua.Agent.Web;
internal static class WebProgram { public static int Run(string root, bool spa, Variables v) => 3; }
