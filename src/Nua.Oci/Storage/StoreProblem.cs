using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>What can go wrong with the local store.</summary>
internal static class StoreProblem
{
    /// <summary>Turns a failed write into a problem that says what to do. The store itself is as it was.</summary>
    public static ProblemException CannotWrite(string home, IOException error) => new(
        new Problem("NUA3101", "cannot write to the image store")
        {
            Where = home,
            Why = Printable.Escape(error.Message, 400),
            Remedy = Posix.IsDiskFull(error)
                ? "free space, for example with 'nua prune', and run the command again: nothing was changed"
                : "nothing was changed; look at the disk and the kernel log, then run the command again",
        }, error);

    public static ProblemException CannotRead(string home, IOException error) => new(
        new Problem("NUA3117", "cannot read the image store")
        {
            Where = home,
            Why = Printable.Escape(error.Message, 400),
            Remedy = "look at the disk and the kernel log; 'nua store verify' tells what is damaged",
        }, error);

    public static ProblemException NotAStore(string home, string why) => new(
        new Problem("NUA3102", "this is not an image store")
        {
            Where = home,
            Why = why,
            Remedy = "set NUA_HOME to another directory, or remove what is in this one",
        });

    public static Problem Incomplete(string home, Digest image, Digest missing) =>
        new("NUA3103", $"the image {image} lacks the blob {missing}")
        {
            Where = home,
            Remedy = "build or load the image again",
        };

    public static ProblemException NotFound(string name, IEnumerable<string> known) => new(
        new Problem("NUA3104", $"there is no image '{Printable.Escape(name, 120)}' in the store")
        {
            Why = Sample(known) is { Length: > 0 } sample ? $"there is {sample}" : "the store is empty",
            Remedy = "see 'nua images'",
        });

    public static ProblemException Ambiguous(string name, IEnumerable<string> matches) => new(
        new Problem("NUA3105", $"'{Printable.Escape(name, 120)}' can mean several images")
        {
            Why = Sample(matches),
            Remedy = "give the full name with its tag, or the digest",
        });

    public static ProblemException NotAFile(string path) => new(
        new Problem("NUA3116", "this is not a regular file") { Where = Printable.Escape(path, 300) });

    public static ProblemException BadName(string name) => new(
        new Problem("NUA3106", $"'{Printable.Escape(name, 120)}' is not a name for an image")
        {
            Why = "a name is lower-case letters, digits and single separators, then ':' and a tag",
        })
    { ExitCode = 2 };

    public static ProblemException NotOurs(string path, uint owner, uint user) => new(
        new Problem("NUA3107", "the image store belongs to another user")
        {
            Where = path,
            Why = $"its owner is {owner}, you are {user}",
            Remedy = "run as that user, or set NUA_HOME to a directory of your own",
        });

    private static string Sample(IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).Distinct().ToList();
        var text = string.Join(", ", all.Take(8).Select(name => $"'{Printable.Escape(name, 120)}'"));
        return all.Count > 8 ? $"{text} and {all.Count - 8} more" : text;
    }
}
