using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>
/// The data volumes of one instance as an operation sees them: complete sets with a number each. One implementation works on folders, the other is
/// the tests', which stops in the middle. Every call may be repeated after a crash in it.
/// </summary>
/// <remarks>Errors are <see cref="ProblemException"/>s or <see cref="IOException"/>s.</remarks>
public interface IGenerations
{
    /// <summary>Makes the empty volumes that a release wants; whatever is there under that number goes first.</summary>
    Task CreateAsync(int generation, Release release, CancellationToken cancel);

    /// <summary>Is there room for a copy? Asked while the application still runs.</summary>
    /// <exception cref="ProblemException">NUA5105; exit code 73.</exception>
    Task RequireSpaceAsync(int from, CancellationToken cancel);

    /// <summary>Copies a generation that nobody writes to, with empty volumes for what only <paramref name="release"/> wants; whatever is there under the
    /// new number goes first.</summary>
    /// <returns>How it was copied, a few words for people.</returns>
    Task<string> CloneAsync(int from, int to, Release release, CancellationToken cancel);

    /// <summary>Removes all others, half-made ones included; with none to keep, caches too.</summary>
    Task KeepAsync(IReadOnlySet<int> generations, CancellationToken cancel);
}
