using Nua.Engine.Data;
using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>The generations of an instance as folders, each call in a thread of its own: copying takes long.</summary>
public sealed class InstanceData(Generations folders, Containers containers) : IGenerations
{
    public Task CreateAsync(int generation, Release release, CancellationToken cancel) => Task.Run(
        () =>
        {
            folders.Remove(generation);
            var (image, contract) = containers.Open(release);
            folders.CreateEmpty(generation, ImageVolumes.Of(image, contract));
        },
        cancel);

    public Task RequireSpaceAsync(int from, CancellationToken cancel) => Task.Run(
        () =>
        {
            if (!folders.CanReflink())
            {
                folders.RequireSpace(folders.Measure(from).Bytes, $"a copy of generation {from}");
            }
        },
        cancel);

    public Task<string> CloneAsync(int from, int to, Release release, CancellationToken cancel) => Task.Run(
        () =>
        {
            folders.Remove(to);
            var way = folders.Clone(from, to, cancel).Way;
            var (image, contract) = containers.Open(release);
            folders.AddVolumes(to, ImageVolumes.Of(image, contract));
            return way;
        },
        cancel);

    public Task KeepAsync(IReadOnlySet<int> generations, CancellationToken cancel) => Task.Run(
        () =>
        {
            folders.RemoveUnfinished();
            foreach (var generation in folders.List().Where(number => !generations.Contains(number)))
            {
                cancel.ThrowIfCancellationRequested();
                folders.Remove(generation);
            }

            if (generations.Count == 0)
            {
                folders.RemoveCaches();
            }
        },
        cancel);
}
