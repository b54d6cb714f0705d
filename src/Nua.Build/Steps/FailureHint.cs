using System.Text.RegularExpressions;

namespace Nua.Build.Steps;

/// <summary>What helps against a failure that tools report in well-known words.</summary>
public static partial class FailureHint
{
    private const int Missing = 127;
    private const int Killed = 137;

    /// <summary>The first symptom that the output shows decides; the more telling come first.</summary>
    private static readonly (string Symptom, string Remedy)[] _symptoms =
    [
        ("`npm ci` can only install packages when", "run `npm install` and keep the lock file it writes"),
        ("ERR_PNPM_OUTDATED_LOCKFILE", "run `pnpm install` and keep the lock file it writes"),
        ("lockfile would have been modified", "run `yarn install` and keep the lock file it writes"),
        ("lockfile needs to be updated", "run `yarn install` and keep the lock file it writes"),
        ("code ERESOLVE", "packages it asks for contradict each other: add the lock file of its author, or write `legacy-peer-deps=true` in .npmrc, which installs them all the same"),
        ("code ETARGET", "the registry has no such version: ask for one it has, or name another registry in .npmrc"),
        ("code E404", "the registry has no such package: correct the name, or name the registry that has it in .npmrc"),
        ("error NU1101", "no source has such a package: name the source that does in nuget.config"),
        ("error NU1102", "no source has such a version: ask for one that is there, or name the source that has it in nuget.config"),
        ("No matching distribution found", "the index has no version of it for this Python: ask for another, or name the index that has it in pip.conf"),
        (".h: No such file or directory", "a header is missing: name the Debian package that has it (most often lib…-dev) in build.packages"),
        ("heap out of memory", "Node's heap is full: give it more with `NODE_OPTIONS=--max-old-space-size=4096` in front of the command in `build.build`"),
    ];

    /// <param name="status">Of the command.</param>
    /// <param name="output">Its first errors and its last lines.</param>
    /// <param name="network">The step had it.</param>
    /// <returns>Null when nothing is known of the failure.</returns>
    public static string? Find(int status, string output, bool network)
    {
        if (status == Missing || Program().IsMatch(output))
        {
            return "a program is missing in the build root: name its Debian package in build.packages";
        }

        if (status == Killed)
        {
            return "it was killed, perhaps for lack of memory";
        }

        if (Array.Find(_symptoms, pair => output.Contains(pair.Symptom, StringComparison.Ordinal)).Remedy is { } remedy)
        {
            return remedy;
        }

        var wantsNetwork = output.Contains("EAI_AGAIN", StringComparison.Ordinal) || output.Contains("resolve host", StringComparison.OrdinalIgnoreCase)
            || output.Contains("name resolution", StringComparison.OrdinalIgnoreCase) || output.Contains("ENOTFOUND", StringComparison.Ordinal)
            || output.Contains("Network is unreachable", StringComparison.Ordinal);
        return !network && wantsNetwork ? "this step runs without network; allow it with build.network = true" : null;
    }

    /// <summary>As shells say it: <c>sh: 1: gulp: not found</c>. Compilers find no module, registries no package.</summary>
    [GeneratedRegex("""^\s*(?:/bin/)?(?:sh|bash|dash|make)\b.*: (?:command )?not found\s*$|^.*: command not found\s*$""", RegexOptions.Multiline)]
    private static partial Regex Program();
}
