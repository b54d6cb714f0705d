namespace Nua.Build.Planning.Stacks.Node;

/// <summary>A folder that only has to be served, as a start script says it: <c>serve -s build</c>, <c>http-server ./public</c>.</summary>
/// <param name="Folder">Relative to the source; empty is the source.</param>
/// <param name="IsSpa">Unknown paths are answered with <c>index.html</c>.</param>
internal sealed record FileServer(string Folder, bool IsSpa)
{
    private static readonly string[] _commands = ["serve", "http-server", "live-server", "sirv", "lite-server"];
    private static readonly string[] _withValue = ["-l", "--listen", "-p", "--port", "-c", "--config", "-a", "-d", "-P", "--host", "-H", "--cors"];

    /// <summary>Null when another program is called, or a folder that leaves the source.</summary>
    public static FileServer? Read(AppFolder folder, IReadOnlyList<string> argv)
    {
        var words = argv.SkipWhile(word => word is "npx" || word.Contains('=', StringComparison.Ordinal)).ToList();
        if (words.Count == 0 || Array.IndexOf(_commands, NodeCommands.OfPackage(words[0])) < 0)
        {
            return null;
        }

        var places = new List<string>();
        for (var i = 1; i < words.Count; i++)
        {
            if (Array.IndexOf(_withValue, words[i]) >= 0)
            {
                i++;
            }
            else if (!words[i].StartsWith('-'))
            {
                places.Add(words[i]);
            }
        }

        // http-server looks for public by itself.
        var place = places.Count > 0 ? places[0] : words[0] == "http-server" && folder.IsFolder("public") ? "public" : ".";
        return AppFolder.Clean(place) is { } clean ? new FileServer(clean, words.Exists(word => word is "-s" or "--single")) : null;
    }
}
