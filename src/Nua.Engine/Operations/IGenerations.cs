using Nua.Engine.Contracts;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>
/// The data volumes of one instance as an operation sees them: complete sets with a number each. One implementation works on folders, the other is
/// the tests', which stops in the middle. Every call may be repeated after a crash in it.
/// </summary>
/// <remarks>Errors are <see cref="ProblemException"/>s or <see cref="IOException"/>s.</remarks>
public interface IGenerations
{
    /// <summary>Numbers of all that are on the disk, half-made ones included.</summary>
    IReadOnlyList<int> List();

    /// <summary>Makes the empty volumes of a new generation; whatever is there under that number goes first.</summary>
    Task CreateAsync(int generation, AppContract contract, CancellationToken cancel);

    /// <summary>Copies a generation that nobody writes to; whatever is there under the new number goes first. Volumes that only the
    /// <paramref name="contract"/> knows are made empty.</summary>
    /// <returns>How it was copied, a few words for people.</returns>
    Task<string> CloneAsync(int from, int to, AppContract contract, CancellationToken cancel);

    Task RemoveAsync(int generation, CancellationToken cancel);
}
