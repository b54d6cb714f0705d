namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Options of <c>node</c> itself that name files.</summary>
internal sealed class NodeOptions(StackContext context)
{
    private const string EnvFile = "--env-file";

    /// <summary>Without the <c>--env-file</c> that the image does not have: node would end at once.</summary>
    public IReadOnlyList<string> WithoutMissingFiles(IReadOnlyList<string> argv)
    {
        var kept = new List<string>();
        var isOption = true;
        for (var i = 0; i < argv.Count; i++)
        {
            isOption &= i == 0 || argv[i].StartsWith('-');
            var isFile = isOption && (argv[i] == EnvFile || argv[i].StartsWith(EnvFile + "=", StringComparison.Ordinal));
            if (!isFile)
            {
                kept.Add(argv[i]);
                continue;
            }

            var file = argv[i].Length > EnvFile.Length ? argv[i][(EnvFile.Length + 1)..] : i + 1 < argv.Count ? argv[++i] : "";
            if (context.Folder.IsFile(file) && !SourceTree.IsSecret(file))
            {
                kept.Add($"{EnvFile}={file}");
            }
            else
            {
                context.Notes.Decide("environment file", "not read", $"{EnvFile} names {file}, which the image does not have; give its values when it is started",
                    "env.NAME = \"…\"");
            }
        }

        return kept;
    }
}
